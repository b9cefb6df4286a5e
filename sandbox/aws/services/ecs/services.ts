// The operations that describe, list and delete services.

import type { DeleteServiceRequest, DescribeServicesRequest, ListServicesRequest } from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { createService } from './create-service.ts'
import { invalid } from './errors.ts'
import { expectCluster, expectService, findService, missing, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { updateService } from './update-service.ts'
import { viewService } from './views.ts'

const describeServices = (
  fleet: Fleet,
  { cluster: clusterName, services: given = [], include }: DescribeServicesRequest,
  call: Call,
) => {
  const site = siteOf(fleet, call)
  if (given.length === 0) throw invalid('Services cannot be empty.')
  if (given.length > 10) throw invalid('service names can have at most 10 items.')
  const cluster = expectCluster(site, clusterName)
  const found = given.map(name => findService(site, cluster, name))
  return {
    services: found.filter(service => service !== undefined).map(service => viewService(service, include)),
    failures: given
      .filter((_, index) => !found[index])
      .map(name => missing(site, 'service', name.startsWith('arn:') ? name : `${cluster.name}/${name}`)),
  }
}

const managementOf = (express: object | undefined) => (express ? 'ECS' : 'CUSTOMER')

const listServices = (fleet: Fleet, input: ListServicesRequest, call: Call) => {
  const cluster = expectCluster(siteOf(fleet, call), input.cluster)
  const services = [...cluster.services.values()].filter(
    ({ status, schedulingStrategy, express, deployments: [primary] }) =>
      status !== 'INACTIVE' &&
      (input.schedulingStrategy ?? schedulingStrategy) === schedulingStrategy &&
      (input.resourceManagementType ?? managementOf(express)) === managementOf(express) &&
      (input.launchType === undefined || input.launchType === primary?.revision.spec.launchType),
  )
  const { page, ...next } = pageOf(services, ({ arn }) => arn, input, { usual: 10, most: 100 })
  return { serviceArns: page.map(({ arn }) => arn), ...next }
}

const deleteService = (fleet: Fleet, input: DeleteServiceRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const service = expectService(site, expectCluster(site, input.cluster), input.service ?? '')
  const isScaled = service.schedulingStrategy === 'REPLICA' && service.desired > 0
  if (isScaled && !input.force) throw invalid('The service cannot be stopped while it is scaled above 0.')
  fleet.deleteService(service)
  return { service: viewService(service) }
}

export const serviceOperations = (fleet: Fleet) =>
  ({
    DescribeServices: (input: DescribeServicesRequest, call) => describeServices(fleet, input, call),
    ListServices: (input: ListServicesRequest, call) => listServices(fleet, input, call),
    CreateService: (input: Parameters<typeof createService>[1], call) => createService(fleet, input, call),
    UpdateService: (input: Parameters<typeof updateService>[1], call) => updateService(fleet, input, call),
    DeleteService: (input: DeleteServiceRequest, call) => deleteService(fleet, input, call),
  }) satisfies Record<string, Operation>
