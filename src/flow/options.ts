import { labels } from '../labels';
import { CompleteQuery } from '../types';
import { AUTO } from './query';
import { list } from './sentence';
import { takesComponents, takesLabels, takesLegend, takesNames, takesWindow, takesWorst } from './together';

// What does not go with a query is not shown, unless the query has it all the same: then it can be taken out.

/** hasFlows reports whether the flows of a query are shown: of events they choose the changes of the catalog. */
export function hasFlows(query: CompleteQuery): boolean {
  return takesNames(query) || query.format === 'events' || query.flows.length > 0;
}

/** hasSLIs reports whether the SLIs of a query are shown. */
export function hasSLIs(query: CompleteQuery): boolean {
  return (takesNames(query) && query.level === 'sli') || query.slis.length > 0;
}

/** hasComponents reports whether the components of a query are shown. */
export function hasComponents(query: CompleteQuery): boolean {
  return (takesNames(query) && takesComponents(query)) || query.components.length > 0;
}

/** hasWindow reports whether the window of a query is shown. */
export function hasWindow(query: CompleteQuery): boolean {
  return takesWindow(query) || query.window !== AUTO;
}

/** hasLegend reports whether the legend of a query is shown. */
export function hasLegend(query: CompleteQuery): boolean {
  return takesLegend(query) || query.legend !== '';
}

/** hasWorst reports whether it is shown how many of the worst a query keeps. */
export function hasWorst(query: CompleteQuery): boolean {
  return takesWorst(query) || query.worst !== undefined;
}

/** hasLabels reports whether the choice of labels that are added to the answer is shown. */
export function hasLabels(query: CompleteQuery): boolean {
  return takesLabels(query) || query.labels !== undefined;
}

/** optionsOf says which options of a query are set. */
export function optionsOf({ window, legend, worst, components, labels: added = [] }: CompleteQuery): string {
  const of = labels.query.optionsSet;
  return [
    window === AUTO ? '' : of.window(window),
    legend && of.legend(legend),
    worst ? of.worst(worst) : '',
    components.length > 0 ? of.components(list(components)) : '',
    added.length > 0 ? of.labels(list(added)) : '',
  ]
    .filter(Boolean)
    .join(', ');
}
