"""The walker: visits every address with every method, as people who must see nothing."""
