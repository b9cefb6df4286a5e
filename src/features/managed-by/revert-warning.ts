// Pure: what is said of whoever else manages a service, and of the line there that will undo a change.
import type { Provenance } from './managed-by.ts'

const NAMES = {
  cloudformation: 'CloudFormation',
  cdk: 'AWS CDK',
  terraform: 'Terraform',
  copilot: 'AWS Copilot',
} as const

export const managedWords = (managed: Provenance | undefined): readonly string[] => {
  if (managed === undefined) return []
  const { kind, name, line, undoes } = managed
  const who = `${NAMES[kind]} manages it too (${name})`
  if (undoes === false) return [`${who}; its template does not say this, so it stays.`]
  const where = line === undefined ? '' : `: ${line}`
  return [
    `${who}${where}. ${undoes === true ? 'Its next update of this service sets it back' : 'Its next change of this service may set it back'}; change it there, too.`,
  ]
}
