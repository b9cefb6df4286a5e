// Runs the canary against a deployed Quarterdeck and prints what it found:
//   npm run canary -- [--function quarterdeck-operation] [--alias live]
// Credentials and region as every AWS tool finds them. It needs, on that function and its executions, lambda:InvokeFunction,
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
const say = (text: string) => process.stderr.write(`${text}\n`)
const lambda = lambdaOf(new LambdaClient({}), values.function, values.alias)
const rows = await startCanary({ lambda, now: Date.now, sleep, say })
process.stdout.write(renderTable(rows))
process.exit(rows.every(({ isExpected }) => isExpected) ? 0 : 1)
