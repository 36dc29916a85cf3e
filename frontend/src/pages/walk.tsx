import { mountPage } from '../shell/mount'
import { WalkPage } from '../walk/WalkPage'

mountPage(<WalkPage />)
