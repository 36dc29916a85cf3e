import { askAhead } from '../library/ahead'
import { mountPage } from '../shell/mount'
import { DatasetPage } from './dataset/DatasetPage'

askAhead()
mountPage(<DatasetPage />)
