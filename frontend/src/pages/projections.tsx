import { ProjectionsPage } from '../projection/ProjectionsPage'
import { mountPage } from '../shell/mount'

mountPage(<ProjectionsPage />)
