import { mountPage } from '../shell/mount'
import { RendersPage } from './renders/RendersPage'

mountPage(<RendersPage />)
