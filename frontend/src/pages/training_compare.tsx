import { mountPage } from '../shell/mount'
import { ComparePage } from '../training/ComparePage'

mountPage(<ComparePage />)
