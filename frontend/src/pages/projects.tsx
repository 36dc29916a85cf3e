import { Shell } from '../shell/Shell'
import { mountPage } from '../shell/mount'

mountPage(<Shell place="projects"><div className="middle">…</div></Shell>)
