import { mountPage } from '../shell/mount'
import { HomePage } from './home/HomePage'

mountPage(<HomePage />)
