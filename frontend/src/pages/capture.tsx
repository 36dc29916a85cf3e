import { CapturePage } from '../capture/CapturePage'
import { mountPage } from '../shell/mount'

mountPage(<CapturePage />)
