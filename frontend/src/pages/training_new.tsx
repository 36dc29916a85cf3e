import { mountPage } from '../shell/mount'
import { NewRunPage } from '../training/NewRunPage'

mountPage(<NewRunPage />)
