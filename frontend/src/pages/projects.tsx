import { mountPage } from '../shell/mount'
import { ProjectsPage } from './projects/ProjectsPage'

mountPage(<ProjectsPage />)
