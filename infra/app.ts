// `cdk` runs this: the hub with the roles of its own account, or, given `-c hub=<account>`, the roles of another account.
import { fileURLToPath } from 'node:url'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { EventsStack } from './events.ts'
import { HubStack } from './hub-stack.ts'
import { SpokeStack } from './spoke-stack.ts'

const ACCOUNT = /^\d{12}$/

const context = (app: App, name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name)
  return value === undefined ? undefined : String(value)
}

const need = (app: App, name: string, pattern: RegExp): string => {
  const value = context(app, name) ?? ''
  if (!pattern.test(value)) throw new Error(`say which ${name}: -c ${name}=…`)
  return value
}

const app = new App()
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/
const place = { account: need(app, 'account', ACCOUNT), region: need(app, 'region', REGION) }

const hubAccount = context(app, 'hub') === undefined ? place.account : need(app, 'hub', ACCOUNT)
const hubRegion = context(app, 'hubRegion') === undefined ? place.region : need(app, 'hubRegion', REGION)
const spoke = new SpokeStack(app, 'quarterdeck-roles', { ...place, hub: hubAccount, hubRegion })

if (context(app, 'hub') === undefined) {
  const accounts = context(app, 'accounts')?.split(',')
  const alarmTopic = context(app, 'alarmTopic')
  const hub = new HubStack(app, 'quarterdeck', {
    ...place,
    dist: fileURLToPath(new URL('../dist', import.meta.url)),
    ...(accounts !== undefined && { accounts }),
    ...(alarmTopic !== undefined && { alarmTopic }),
  })
  // A trust policy can only name roles that exist.
  spoke.addStackDependency(hub)
}

// Events are regional: each region that is worked in forwards its own.
for (const region of context(app, 'regions')?.split(',') ?? [place.region]) {
  const events = new EventsStack(app, `quarterdeck-events-${region}`, {
    account: place.account,
    region,
    hub: hubAccount,
    hubRegion,
  })
  events.addStackDependency(spoke)
}

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
