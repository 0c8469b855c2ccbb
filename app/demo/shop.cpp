// SPDX-License-Identifier: MIT
#include "app/demo/shop.h"

#include "app/demo/entity_tag.h"
#include "app/demo/shop_page.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reverxy::demo {

namespace {

constexpr std::array<std::string_view, 8> things{"Tea pot", "Lamp",    "Umbrella", "Kettle",
                                                 "Clock",   "Blanket", "Vase",     "Notebook"};
constexpr std::array<std::string_view, 5> colours{"red", "green", "blue", "white", "black"};
constexpr uint32_t exportLines = 6000;

std::string productText(uint32_t number) {
    const std::string name =
        std::string(things[number % things.size()]) + ", " + std::string(colours[number % colours.size()]);
    const uint32_t cents = 495 + number * 137;
    return "{\"id\":" + std::to_string(number) + ",\"name\":\"" + name +
           "\",\"price\":" + std::to_string(cents / 100) + "." + (cents % 100 < 10 ? "0" : "") +
           std::to_string(cents % 100) + "}";
}

std::string productsText() {
    std::string text = "[\n";
    for (uint32_t number = 1; number <= Shop::products; ++number)
        text += productText(number) + (number < Shop::products ? ",\n" : "\n]\n");
    return text;
}

const std::string& exportText() {
    static const std::string text = [] {
        std::string lines = "order,product,amount\n";
        for (uint32_t line = 1; line <= exportLines; ++line)
            lines += std::to_string(line) + "," + std::to_string(1 + line % Shop::products) + "," +
                     std::to_string(1 + line % 3) + "\n";
        return lines;
    }();
    return text;
}

Answer text(uint16_t status, std::string type, std::string cacheControl, std::string body) {
    Answer answer;
    answer.status = status;
    answer.fields = {{"Content-Type", std::move(type)}, {"Cache-Control", std::move(cacheControl)}};
    answer.body = std::move(body);
    return answer;
}

Answer json(uint16_t status, std::string cacheControl, std::string body) {
    return text(status, "application/json", std::move(cacheControl), std::move(body));
}

Answer notFound() {
    return json(404, "no-store", "{\"error\":\"there is nothing here\"}\n");
}

Answer notAllowed(std::string methods) {
    Answer answer = json(405, "no-store", "{\"error\":\"use " + methods + "\"}\n");
    answer.fields.emplace_back("Allow", std::move(methods));
    return answer;
}

bool isRead(const Question& question) {
    return question.method == http::Method::Get || question.method == http::Method::Head;
}

} // namespace

Answer Shop::answer(const Question& question, Milliseconds elapsed) {
    Answer answer =
        question.path == "/health" ? m_manner.health.answer(question, elapsed) : answerAt(question, elapsed);
    answer.fields.emplace_back("X-Served-By", m_manner.name);
    tagAnswer(question, answer);
    return answer;
}

Answer Shop::answerAt(const Question& question, Milliseconds elapsed) {
    Answer answer;
    if (question.path == "/orders")
        answer = orderAnswer(question);
    else if (question.path == "/cart")
        answer = cartAnswer(question);
    else if (!isRead(question))
        answer = notAllowed("GET, HEAD");
    else if (question.path == "/")
        answer = text(200, "text/html; charset=utf-8", "max-age=10", std::string(shopPage));
    else if (question.path == "/products")
        answer = json(200, "max-age=10", productsText());
    else if (question.path.starts_with("/products/"))
        answer = productAnswer(std::string_view(question.path).substr(10));
    else if (question.path == "/stock")
        // Changes every ten seconds; in between, who asks again learns that it has not (304).
        answer = json(200, "no-cache", "{\"tea pots\":" + std::to_string(elapsed.count() / 10'000 % 50) + "}\n");
    else if (question.path == "/search")
        answer = searchAnswer(question);
    else if (question.path == "/export.csv")
        answer = text(200, "text/csv", "no-store", exportText());
    else
        answer = notFound();
    answer.delay = think();
    // Only of what may be asked again: a proxy does so at another instance, and its client notices nothing.
    answer.hangsUp = isRead(question) && m_manner.hangsUpOneIn > 0 && m_draw.oneIn(m_manner.hangsUpOneIn);
    return answer;
}

Answer Shop::productAnswer(std::string_view number) {
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || value < 1 || value > products)
        return notFound();
    return json(200, "max-age=20", productText(value) + "\n");
}

Answer Shop::searchAnswer(const Question& question) {
    if (m_draw.oneIn(50))
        return json(500, "no-store", "{\"error\":\"the search index could not be read\"}\n");
    if (!question.query.starts_with("q="))
        return json(400, "no-store", "{\"error\":\"ask with ?q=WORD\"}\n");
    std::string found;
    for (uint32_t hits = m_draw.below(5); hits > 0; --hits)
        found += (found.empty() ? "" : ",") + productText(1 + m_draw.below(products));
    return json(200, "no-store", "{\"found\":[" + found + "]}\n");
}

Answer Shop::orderAnswer(const Question& question) {
    if (question.method != http::Method::Post)
        return notAllowed("POST");
    if (m_draw.oneIn(25))
        return json(500, "no-store", "{\"error\":\"the payment service did not answer\"}\n");
    const std::string number = std::to_string(++m_orders);
    Answer answer =
        json(201, "no-store", "{\"order\":" + number + ",\"bytes\":" + std::to_string(question.bodySize) + "}\n");
    answer.fields.emplace_back("Location", "/orders/" + number);
    return answer;
}

Answer Shop::cartAnswer(const Question& question) {
    if (question.method == http::Method::Put || question.method == http::Method::Delete) {
        Answer answer;
        answer.status = 204;
        return answer;
    }
    if (!isRead(question))
        return notAllowed("GET, HEAD, PUT, DELETE");
    return json(200, "private, no-store", "{\"items\":" + std::to_string(m_draw.below(4)) + "}\n");
}

/// Most answers come early in the span, a few late.
Milliseconds Shop::think() {
    const Milliseconds span = m_manner.slowest - m_manner.quickest;
    const Milliseconds even = m_draw.between(Milliseconds(0), span);
    return m_manner.quickest + even * even.count() / std::max<int64_t>(1, span.count());
}

} // namespace reverxy::demo
