// What an application on Relay says of its lists: each one paginated and refetched by itself.
import { graphql } from 'relay-runtime';

graphql`
  query pagesQuery {
    ...pagesPlans_query
  }
`;
graphql`
  fragment pagesPlans_query on Query
  @refetchable(queryName: "pagesPlansQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    plans(first: $count, after: $cursor) @connection(key: "pagesPlans_plans") {
      edges { node { id title status ...pagesPillars_plan ...pagesTasks_plan } }
    }
  }
`;
graphql`
  fragment pagesPillars_plan on Plan
  @refetchable(queryName: "pagesPillarsQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    pillars(first: $count, after: $cursor) @connection(key: "pagesPillars_pillars") {
      edges { node { id title ...pagesObjectives_pillar } }
    }
  }
`;
graphql`
  fragment pagesObjectives_pillar on Pillar
  @refetchable(queryName: "pagesObjectivesQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    objectives(first: $count, after: $cursor) @connection(key: "pagesObjectives_objectives") {
      edges { node { id title ...pagesActions_objective } }
    }
  }
`;
graphql`
  fragment pagesActions_objective on Objective
  @refetchable(queryName: "pagesActionsQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    actions(first: $count, after: $cursor) @connection(key: "pagesActions_actions") {
      edges { node { id title } }
    }
  }
`;
graphql`
  fragment pagesTasks_plan on Plan
  @refetchable(queryName: "pagesTasksQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int", defaultValue: 5 }
    before: { type: "String" }
  ) {
    tasks(first: $first, after: $after, last: $last, before: $before) @connection(key: "pagesTasks_tasks") {
      edges { node { id title status } }
    }
  }
`;
