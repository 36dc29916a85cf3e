import { mountPage } from '../shell/mount'
import { TracksPage } from './tracks/TracksPage'

mountPage(<TracksPage />)
