import { mountPage } from '../shell/mount'
import { ActivityPage } from './activity/ActivityPage'

mountPage(<ActivityPage />)
