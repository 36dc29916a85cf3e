import { ScenePage } from '../scene/ScenePage'
import { mountPage } from '../shell/mount'

mountPage(<ScenePage />)
