import { discovery } from '../testing/discovery';
import { Choice, flowsOf, found, inFlow, proposedOf, toggled } from './discovery';

const [istio, postgres] = discovery.presets;
const checkout: Choice = { preset: 'istio', service: 'checkout' };
const search: Choice = { preset: 'istio', service: 'search' };
const shop: Choice = { preset: 'postgres', service: 'shop', flow: 'checkout' };

test('what is proposed is chosen at first', () => {
  expect(proposedOf(discovery)).toEqual([checkout]);
});

test('a service is added, and taken away', () => {
  expect(toggled([checkout], istio, 'search')).toEqual([checkout, search]);
  expect(toggled([checkout, search], istio, 'checkout')).toEqual([search]);
});

test('a component is added to the first flow, and to one of its own where there is none', () => {
  expect(toggled([checkout, search], postgres, 'shop')).toEqual([checkout, search, shop]);
  expect(toggled([], postgres, 'shop')).toEqual([{ preset: 'postgres', service: 'shop' }]);
});

test('a component is moved to another flow, and to one of its own', () => {
  const moved = inFlow([checkout, search, shop], 'postgres', 'shop', 'search');
  expect(moved).toEqual([checkout, search, { ...shop, flow: 'search' }]);
  expect(inFlow(moved, 'postgres', 'shop')).toEqual([checkout, search, { preset: 'postgres', service: 'shop' }]);
});

test('a component whose flow is taken away is one by itself', () => {
  const left = toggled([checkout, shop], istio, 'checkout');
  expect(left).toEqual([{ preset: 'postgres', service: 'shop' }]);
  expect(flowsOf(left)).toEqual(['shop']);
});

test('services are found by their names, and all of an exporter by its own', () => {
  const names = (search: string) =>
    found(discovery.presets, search).flatMap(({ services }) => services.map((s) => s.name));
  expect(names('CHECK')).toEqual(['checkout']);
  expect(names('istio')).toEqual(['checkout', 'search']);
  expect(names(' ')).toEqual(['checkout', 'search', 'shop']);
  expect(found(discovery.presets, 'nothing')).toEqual([]);
});
