// Ingress: Slack's requests in, jobs out. No AWS SDK in this bundle.
import { createApp } from '../src/app.ts'
import { declarations } from '../src/declarations.ts'
import { createDispatch } from '../src/gateways/dispatch.ts'
import { createParameters } from '../src/gateways/parameters.ts'
import { LambdaReceiver } from '../src/receiver.ts'

const { secrets } = createParameters(process.env)
const receiver = new LambdaReceiver({ signingSecrets: async () => (await secrets()).signing })

const { SLACK_API_URL: slackApiUrl } = process.env

createApp({
  receiver,
  declarations,
  dispatch: createDispatch(process.env),
  secrets,
  ...(slackApiUrl !== undefined && { slackApiUrl }),
})

export const handler = receiver.handle
