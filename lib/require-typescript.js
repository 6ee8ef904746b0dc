'use strict'

// Lets the scripts that write a source file load other sources: those may not compile as long as that file is out of date.

const { readFileSync } = require('node:fs')
const ts = require('typescript')

// eslint-disable-next-line n/no-deprecated-api -- Node 20 has no other way to compile a module that is required.
require.extensions['.ts'] = (module, file) => {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
  module._compile(ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText, file)
}
