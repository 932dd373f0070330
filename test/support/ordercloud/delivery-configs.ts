import { randomUUID } from 'node:crypto';
import { Failure, idExists, notFound, requiredField } from './failure.ts';
import { listPage } from './listing.ts';
import { type Marketplace, type Model, merged } from './marketplace.ts';
import { created, noContent, ok, type Route } from './route.ts';

const NEEDS = 'DeliveryConfigAdmin';
const ONE = /^\/integrations\/deliveryconfig\/([^/]+)$/i;
const ALL = /^\/integrations\/deliveryconfig$/i;

/** Marked as write-only in OrderCloud's .NET SDK: a GET does not give them. */
const WRITE_ONLY = new Set(['Secret', 'CustomAuthHeaderValue', 'ConnectionString', 'SaslPassword', 'ApiKey']);

/** Marked as required there. */
const REQUIRED: Record<string, readonly string[]> = {
  Http: ['Endpoint', 'Secret'],
  EventHub: ['EventHubName', 'ConnectionString'],
  Kafka: ['BootstrapServers', 'SaslUsername', 'SaslPassword', 'Topic'],
};

const MAX_LENGTHS: Record<string, number> = { Secret: 50, CustomAuthHeaderValue: 50, Name: 128 };

export const deliveryConfigRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: ALL,
    needs: NEEDS,
    answer: ({ marketplace, query }) =>
      ok(
        listPage(
          [...marketplace.deliveryConfigs.values()].map((each) => shown(each) as Model),
          query,
        ),
      ),
  },
  {
    method: 'POST',
    path: ALL,
    needs: NEEDS,
    answer: ({ marketplace, body }) => {
      const id = String(body.ID ?? randomUUID());
      if (marketplace.deliveryConfigs.has(id)) throw idExists('DeliveryConfig');
      return created(save(marketplace, id, body));
    },
  },
  {
    method: 'GET',
    path: ONE,
    needs: NEEDS,
    answer: ({ marketplace, params }) => ok(shown(find(marketplace, params[0]))),
  },
  {
    method: 'PUT',
    path: ONE,
    needs: NEEDS,
    answer: ({ marketplace, params: [id = ''], body }) => {
      const isNew = !marketplace.deliveryConfigs.has(id);
      const saved = save(marketplace, id, body);
      return isNew ? created(saved) : ok(saved);
    },
  },
  {
    method: 'PATCH',
    path: ONE,
    needs: NEEDS,
    answer: ({ marketplace, params: [id = ''], body }) =>
      ok(save(marketplace, id, merged(find(marketplace, id), body))),
  },
  {
    method: 'DELETE',
    path: ONE,
    needs: NEEDS,
    answer: ({ marketplace, params: [id = ''] }) => {
      find(marketplace, id);
      if (marketplace.productSync?.DeliveryConfigID === id) {
        throw new Failure(409, 'DeliveryConfig.InUse', 'The delivery configuration is in use.');
      }
      marketplace.deliveryConfigs.delete(id);
      return noContent;
    },
  },
];

function find(marketplace: Marketplace, id = ''): Model {
  const found = marketplace.deliveryConfigs.get(id);
  if (found === undefined) throw notFound('DeliveryConfig', id);
  return found;
}

function save(marketplace: Marketplace, id: string, body: Model): unknown {
  if (!body.Name) throw requiredField('Name');
  const targets = body.DeliveryTargets as Record<string, Model | null> | undefined;
  if (!targets) throw requiredField('DeliveryTargets');
  for (const [name, target] of Object.entries(targets)) {
    if (target === null) continue;
    for (const field of REQUIRED[name] ?? []) if (!target[field]) throw requiredField(`${name}.${field}`);
    for (const [field, value] of Object.entries(target)) requireLength(field, value);
  }
  requireLength('Name', body.Name);
  const present = Object.fromEntries(Object.entries(targets).filter(([, target]) => target !== null));
  const saved = { Enabled: false, ...body, ID: id, DeliveryTargets: present };
  marketplace.deliveryConfigs.set(id, saved);
  return shown(saved);
}

function requireLength(field: string, value: unknown): void {
  const max = MAX_LENGTHS[field];
  if (max !== undefined && typeof value === 'string' && value.length > max) {
    throw new Failure(400, 'Validation.MaxLength', `${field} must not be longer than ${max} characters.`);
  }
}

function shown(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (WRITE_ONLY.has(key) ? undefined : part)));
}
