import { mountPage } from '../shell/mount'
import { JoinPage } from './join/JoinPage'

mountPage(<JoinPage />)
