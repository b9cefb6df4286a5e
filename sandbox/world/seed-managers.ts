// The tools that manage seeded services: CDK and Copilot stacks, Terraform, and Amazon ECS with Express Mode.

import type { Fleet, Place } from './fleet.ts'
import { stackTags } from './stacks.ts'
import type { Service, Tags } from './state.ts'

/** A CloudFormation template as CDK synthesises it, with the path of each construct in its metadata. */
const catalogTemplate = (service: Service): string =>
  JSON.stringify(
    {
      Resources: {
        TaskRole30FC0FBB: {
          Type: 'AWS::IAM::Role',
          Properties: { RoleName: 'catalog-api-task', AssumeRolePolicyDocument: { Version: '2012-10-17' } },
          Metadata: { 'aws:cdk:path': 'CatalogStack/Api/TaskDef/TaskRole/Resource' },
        },
        ApiServiceC9037CF0: {
          Type: 'AWS::ECS::Service',
          Properties: {
            Cluster: service.cluster.name,
            DeploymentConfiguration: {
              DeploymentCircuitBreaker: { Enable: true, Rollback: true },
              MaximumPercent: 200,
              MinimumHealthyPercent: 100,
            },
            DesiredCount: 4,
            EnableExecuteCommand: false,
            ServiceName: service.name,
          },
          DependsOn: ['TaskRole30FC0FBB'],
          Metadata: { 'aws:cdk:path': 'CatalogStack/Api/Service/Service' },
        },
      },
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
      },
    },
    undefined,
    1,
  )

/** A CloudFormation template as Copilot writes it, shortened. The task count is a parameter, set by the manifest. */
const reportsTemplate = `# Copyright Amazon.com Inc. or its affiliates.
AWSTemplateFormatVersion: 2010-09-09
Description: CloudFormation template that represents a backend service on Amazon ECS.
Metadata:
  Version: v1.34.0
Parameters:
  WorkloadName:
    Type: String
    Default: reports
  TaskCount:
    Type: Number
    Default: 1
Resources:
  Service:
    Metadata:
      'aws:copilot:description': 'An ECS service to run and maintain your tasks in the environment cluster'
    Type: AWS::ECS::Service
    Properties:
      Cluster: !ImportValue analytics-prod-ClusterId
      DesiredCount: !Ref TaskCount
      PropagateTags: SERVICE
`

const tag = (service: Service, tags: Tags) => {
  service.tags = { ...service.tags, ...tags }
}

type Managed = { readonly name: string; readonly logicalId: string; readonly template: string; readonly tags?: Tags }

const byStack = (fleet: Fleet, service: Service, { name, logicalId, template, tags = {} }: Managed) => {
  const resources = [{ logicalId, physicalId: service.arn, type: 'AWS::ECS::Service' }]
  const stack = fleet.stacks.add(service.cluster, { name, template, resources, tags, createdAt: service.createdAt })
  tag(service, { ...tags, ...stackTags(stack, logicalId) })
}

const copilot: Tags = {
  'copilot-application': 'analytics',
  'copilot-environment': 'prod',
  'copilot-service': 'reports',
}

/** Tags that people commonly set with Terraform. Terraform itself adds no tags. */
const terraform: Tags = { 'managed-by': 'terraform', 'terraform:module': 'modules/payments-api' }

export const seedManagers = (fleet: Fleet, place: Place): void => {
  const services = fleet.site(place).clusters.get('web')?.services
  const catalog = services?.get('catalog-api')
  const payments = services?.get('payments-api')
  const reports = services?.get('reports')
  if (catalog)
    byStack(fleet, catalog, {
      name: 'CatalogStack',
      logicalId: 'ApiServiceC9037CF0',
      template: catalogTemplate(catalog),
    })
  if (payments) tag(payments, terraform)
  if (reports)
    byStack(fleet, reports, {
      name: 'analytics-prod-reports',
      logicalId: 'Service',
      template: reportsTemplate,
      tags: copilot,
    })
}
