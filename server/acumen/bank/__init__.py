"""ReasoningBank: retrieve, judge, distill and consolidate patterns of reasoning."""
