import { mountPage } from '../shell/mount'
import { RunsPage } from '../training/RunsPage'

mountPage(<RunsPage />)
