/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'tap-in-process',
  plugins: ['./test/mutants/runner.mjs'],
  // What a mutant left behind in the process is gone with it.
  maxTestRunnerReuse: 200,
  buildCommand: 'tsc -p tsconfig.test.json',
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  ignorePatterns: ['dist', 'bench', 'examples', '.tap', '.tests', '.ci', 'coverage'],
  // Ignored by git and by the linter already.
  tempDirName: 'coverage/stryker',
  reporters: ['json', 'progress-append-only']
}
