import { mountPage } from '../shell/mount'
import { ExplorerPage } from '../explorer/ExplorerPage'

mountPage(<ExplorerPage />)
