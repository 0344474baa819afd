// What an application writes for Relay. relay-compiler reads the documents; nothing here is run.

graphql`
  query appQuery($code: String!, $first: Int!) {
    state(code: $code) {
      id
      name
      ...app_communities @arguments(first: $first)
    }
  }
`;

graphql`
  fragment app_communities on State
  @refetchable(queryName: "appCommunitiesPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    communities(first: $first, after: $after, orderBy: { field: GEOID }) @connection(key: "app_communities") {
      edges {
        node {
          id
          geoid
          ...app_community
        }
      }
    }
  }
`;

graphql`
  fragment app_community on Community @refetchable(queryName: "appCommunityQuery") {
    name
    formOfGovernment
    population
  }
`;

graphql`
  query appMineQuery {
    viewer {
      campaigns {
        id
      }
    }
  }
`;

graphql`
  mutation appAddMutation($input: AddMilestoneInput!) {
    addMilestone(input: $input) {
      milestone {
        id
        note
      }
      errors {
        __typename
        message
      }
    }
  }
`;
