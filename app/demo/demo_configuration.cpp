// SPDX-License-Identifier: MIT
#include "app/demo/demo_configuration.h"

#include <string_view>
#include <utility>

namespace reverxy::demo {

namespace {

// The demo's clients tell their addresses in X-Forwarded-For, which is believed of what comes from this machine: so
// they are many, and the limiter meets the one that overdoes it. The access log would drown the line of figures,
// and nobody waits at the end for a stream that never ends.
constexpr std::string_view pattern = R"(proxy:
  port: @proxy
  probe_port: @probe
  trusted_proxies: [127.0.0.0/8, "::1"]
  drain_timeout: 2s
log: { access: false }
cache: { enabled: true }
rate_limiter:
  enabled: true
  algorithm: token-bucket
  limit: 15
  window: 1s
  burst: 40
routes:
  - { name: news, host: news.localhost, pool: news }
  - { name: news-on-the-page, path: /news, strip_prefix: /news, pool: news }
  - { name: shop, pool: shop }
pools:
  shop:
    load_balancer: { type: least-connections }
    health_checker: { interval: 2s, timeout: 1s, rise: 1, fall: 2 }
    backends:
      - { name: shop-quick, url: "http://127.0.0.1:@quick", health_url: /health }
      - { name: shop-slow, url: "http://127.0.0.1:@slow", health_url: /health }
  news:
    health_checker: { interval: 2s, timeout: 1s, rise: 1, fall: 2 }
    backends:
      - { name: news, url: "http://127.0.0.1:@news", health_url: /health }
)";

void replace(std::string& text, std::string_view mark, uint16_t port) {
    text.replace(text.find(mark), mark.size(), std::to_string(port));
}

} // namespace

std::string demoConfigurationText(const DemoPorts& ports) {
    std::string text(pattern);
    replace(text, "@proxy", ports.proxy);
    replace(text, "@probe", ports.probe);
    replace(text, "@quick", ports.shopQuick);
    replace(text, "@slow", ports.shopSlow);
    replace(text, "@news", ports.news);
    return text;
}

config::Reading demoConfiguration(const DemoPorts& ports, const config::Environment& environment,
                                  const std::vector<config::Override>& overrides) {
    const std::string text = demoConfigurationText(ports);
    config::Input input;
    input.fileName = "the demo";
    input.text = text;
    input.environment = &environment;
    input.overrides = &overrides;
    return config::readConfiguration(input);
}

} // namespace reverxy::demo
