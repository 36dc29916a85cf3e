import { mountPage } from '../shell/mount'
import { SettingsPage } from './settings/SettingsPage'

mountPage(<SettingsPage />)
