import { ProjectionPage } from '../projection/ProjectionPage'
import { mountPage } from '../shell/mount'

mountPage(<ProjectionPage />)
