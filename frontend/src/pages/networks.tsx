import { mountPage } from '../shell/mount'
import { NetworksPage } from './networks/NetworksPage'

mountPage(<NetworksPage />)
