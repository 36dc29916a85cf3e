import { mountPage } from '../shell/mount'
import { LibraryPage } from './library/LibraryPage'

mountPage(<LibraryPage />)
