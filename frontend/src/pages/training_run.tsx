import { mountPage } from '../shell/mount'
import { RunPage } from '../training/RunPage'

mountPage(<RunPage />)
