import { mountPage } from '../shell/mount'
import { RenderPage } from './render/RenderPage'

mountPage(<RenderPage />)
