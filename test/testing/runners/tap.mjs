import t from 'tap'
import { register } from './cases.mjs'

register(t.test.bind(t))
