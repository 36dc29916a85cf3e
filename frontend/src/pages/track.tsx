import { mountPage } from '../shell/mount'
import { TrackPage } from '../track/TrackPage'

mountPage(<TrackPage />)
