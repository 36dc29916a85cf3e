import { mountPage } from '../shell/mount'
import { ScenesPage } from './scenes/ScenesPage'

mountPage(<ScenesPage />)
