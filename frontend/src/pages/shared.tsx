import { mountPage } from '../shell/mount'
import { SharedPage } from './shared/SharedPage'

mountPage(<SharedPage />)
