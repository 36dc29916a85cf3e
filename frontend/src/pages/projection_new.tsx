import { NewProjectionPage } from '../projection/NewProjectionPage'
import { mountPage } from '../shell/mount'

mountPage(<NewProjectionPage />)
