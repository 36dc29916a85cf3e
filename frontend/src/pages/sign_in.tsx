import { mountPage } from '../shell/mount'
import { SignInPage } from './sign_in/SignInPage'

mountPage(<SignInPage />)
