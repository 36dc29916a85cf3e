import { mountPage } from '../shell/mount'
import { DatasetPage } from './dataset/DatasetPage'

mountPage(<DatasetPage />)
