// @vitest-environment jsdom

import { test } from 'vitest'
import { register } from './cases.mjs'

register(test)
