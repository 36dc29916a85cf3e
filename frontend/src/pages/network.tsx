import { mountPage } from '../shell/mount'
import { NetworkPage } from './network/NetworkPage'

mountPage(<NetworkPage />)
