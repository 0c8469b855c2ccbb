// SPDX-License-Identifier: MIT
#include "app/demo/traffic_schedule.h"

#include "app/demo/shop.h"

#include <algorithm>
#include <string_view>

namespace reverxy::demo {

namespace {

using std::chrono::seconds;

// Of the ranges that are for examples (RFC 5737, RFC 3849).
constexpr std::array<std::string_view, 8> clients{"192.0.2.14",   "192.0.2.15",   "192.0.2.77",    "203.0.113.5",
                                                  "203.0.113.40", "2001:db8::21", "2001:db8:7::3", "198.51.100.9"};
constexpr std::string_view burstClient = "198.51.100.200";
constexpr std::array<std::string_view, 5> words{"tea", "lamp", "red", "clock", "umbrella"};
constexpr std::array<std::string_view, 4> absent{"/products/400", "/favicon.ico", "/login.php", "/old/catalogue"};

constexpr seconds wave{90};
constexpr Milliseconds busyPause{30};
constexpr Milliseconds calmPause{70};
constexpr Milliseconds betweenBurstRequests{4};

enum class Kind : uint8_t {
    Product,
    Products,
    ProductsHead,
    Page,
    Stock,
    Search,
    Cart,
    CartChange,
    Order,
    Headlines,
    Absent,
    Export,
    Impatient,
};

/// How many of a hundred usual requests are of a kind.
struct Share {
    Kind kind;
    uint32_t percent;
};

constexpr std::array shares{
    Share{Kind::Product, 32},  Share{Kind::Products, 9},  Share{Kind::ProductsHead, 2}, Share{Kind::Page, 6},
    Share{Kind::Stock, 9},     Share{Kind::Search, 14},   Share{Kind::Cart, 6},         Share{Kind::CartChange, 4},
    Share{Kind::Order, 7},     Share{Kind::Headlines, 7}, Share{Kind::Absent, 2},       Share{Kind::Export, 1},
    Share{Kind::Impatient, 1},
};

Kind kindAt(uint32_t percent) {
    for (const Share& share : shares) {
        if (percent < share.percent)
            return share.kind;
        percent -= share.percent;
    }
    return Kind::Product;
}

template <class Texts>
std::string oneOf(const Texts& texts, Draw& draw) {
    return std::string(texts[draw.below(static_cast<uint32_t>(texts.size()))]);
}

} // namespace

TrafficSchedule::TrafficSchedule(uint32_t seed)
    : m_draw(seed), m_streamAt{Milliseconds(300), Milliseconds(2500)}, m_burstAt(seconds(12)) {}

PlannedRequest TrafficSchedule::next() {
    Milliseconds& stream = *std::min_element(m_streamAt.begin(), m_streamAt.end());
    if (stream <= std::min(m_usualAt, m_burstAt))
        return this->stream(stream);
    return m_burstAt <= m_usualAt ? burst() : usual();
}

PlannedRequest TrafficSchedule::usual() {
    PlannedRequest request;
    request.at = m_usualAt;
    m_usualAt += pause();
    request.client = oneOf(clients, m_draw);
    request.host = "shop.localhost";
    request.method = "GET";
    switch (kindAt(m_draw.below(100))) {
    case Kind::Product:
        request.target = product();
        break;
    case Kind::Products:
        request.target = "/products";
        request.revalidates = m_draw.oneIn(2);
        break;
    case Kind::ProductsHead:
        request.target = "/products";
        request.method = "HEAD";
        break;
    case Kind::Page:
        request.target = "/";
        request.revalidates = m_draw.oneIn(2);
        break;
    case Kind::Stock:
        request.target = "/stock";
        request.revalidates = m_draw.oneIn(2);
        break;
    case Kind::Search:
        request.target = "/search?q=" + oneOf(words, m_draw);
        break;
    case Kind::Cart:
        request.target = "/cart";
        break;
    case Kind::CartChange:
        request.target = "/cart";
        request.method = m_draw.oneIn(3) ? "DELETE" : "PUT";
        request.bodySize = request.method == "PUT" ? 20 + m_draw.below(200) : 0;
        break;
    case Kind::Order:
        request.target = "/orders";
        request.method = "POST";
        request.bodySize = m_draw.oneIn(8) ? 40'000 + m_draw.below(100'000) : 100 + m_draw.below(2000);
        break;
    case Kind::Headlines:
        request.host = "news.localhost";
        request.target = "/headlines";
        break;
    case Kind::Absent:
        request.target = oneOf(absent, m_draw);
        break;
    case Kind::Export:
        request.target = "/export.csv";
        break;
    case Kind::Impatient:
        request.target = "/search?q=" + oneOf(words, m_draw);
        request.patience = m_draw.between(Milliseconds(1), Milliseconds(20));
        break;
    }
    return request;
}

/// Held for a while, and then begun again by another client.
PlannedRequest TrafficSchedule::stream(Milliseconds& due) {
    PlannedRequest request;
    request.at = due;
    request.client = oneOf(clients, m_draw);
    request.host = "news.localhost";
    request.method = "GET";
    request.target = "/stream";
    request.patience = m_draw.between(seconds(8), seconds(40));
    due += request.patience + m_draw.between(Milliseconds(100), seconds(2));
    return request;
}

PlannedRequest TrafficSchedule::burst() {
    PlannedRequest request;
    request.at = m_burstAt;
    request.client = burstClient;
    request.host = "shop.localhost";
    request.method = "GET";
    request.target = product();
    m_burstAt += betweenBurstRequests;
    if (--m_burstLeft == 0) {
        m_burstLeft = burstSize;
        m_burstAt += m_draw.between(seconds(25), seconds(45));
    }
    return request;
}

/// Half of the wave the pauses grow shorter, half of it longer.
Milliseconds TrafficSchedule::pause() {
    const Milliseconds half = Milliseconds(wave) / 2;
    const Milliseconds within = m_usualAt % wave;
    const Milliseconds fromCalm = within < half ? within : 2 * half - within;
    const Milliseconds mean = calmPause - (calmPause - busyPause) * fromCalm.count() / half.count();
    return m_draw.between(Milliseconds(0), 2 * mean);
}

/// The first products are asked for most.
std::string TrafficSchedule::product() {
    return "/products/" + std::to_string(1 + std::min(m_draw.below(Shop::products), m_draw.below(Shop::products)));
}

} // namespace reverxy::demo
