// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace reverxy::demo {

/// What a browser shows of the shop. Its headlines come through the proxy as an event stream.
inline constexpr std::string_view shopPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A small shop behind Reverxy</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; }
#news { min-height: 6em; }
</style>
</head>
<body>
<h1>A small shop</h1>
<p>This page came through Reverxy. So does whatever you open from here; the proxy's window, or its log, tells what it
did with each request.</p>
<ul>
<li><a href="/products">All products</a> and <a href="/products/7">one of them</a>: a cache may keep them</li>
<li><a href="/stock">The stock</a>: a cache has to ask again each time</li>
<li><a href="/search?q=tea">A search</a>: new each time, and now and then it fails</li>
<li><a href="/export.csv">A larger file</a></li>
<li><a href="/products/400">What does not exist</a></li>
</ul>
<h2>News</h2>
<p id="news">waiting for the first headline</p>
<script>
const news = document.getElementById("news");
const lines = [];
new EventSource("/news/stream").addEventListener("headline", event => {
  lines.unshift(event.data);
  news.innerText = lines.slice(0, 5).join("\n");
});
</script>
</body>
</html>
)";

} // namespace reverxy::demo
