// Runs the canary against a deployed Quarterdeck and prints a table of results:
//   npm run canary -- [--function quarterdeck-operation] [--alias live]
// Uses the default AWS credentials and region. Needs, on the function and its executions, lambda:InvokeFunction,
// lambda:GetDurableExecution, lambda:GetDurableExecutionHistory and lambda:SendDurableExecutionCallbackSuccess.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { lambdaOf } from './canary/lambda.ts'
import { startCanary } from './canary/start-canary.ts'
import { renderTable } from './canary/table.ts'

const { values } = parseArgs({
  options: {
    function: { type: 'string', default: 'quarterdeck-operation' },
    alias: { type: 'string', default: 'live' },
  },
})
const log = (text: string) => process.stderr.write(`${text}\n`)
const lambda = lambdaOf(new LambdaClient({}), values.function, values.alias)
const rows = await startCanary({ lambda, now: Date.now, sleep, log })
process.stdout.write(renderTable(rows))
process.exit(rows.every(({ isExpected }) => isExpected) ? 0 : 1)
