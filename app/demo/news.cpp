// SPDX-License-Identifier: MIT
#include "app/demo/news.h"

#include "app/demo/entity_tag.h"

#include <array>

namespace reverxy::demo {

namespace {

constexpr std::array<std::string_view, 6> headlines{
    "Umbrellas sell out before the rain",  "Tea pots back in stock",
    "Two lamps for the price of two",      "Kettle whistles in the right key",
    "Blanket voted employee of the month", "Clock found to be right twice a day",
};

std::string_view headline(uint64_t number) {
    return headlines[number % headlines.size()];
}

std::string listText(Milliseconds elapsed) {
    std::string text = "[\n";
    const auto first = static_cast<uint64_t>(elapsed.count() / 30'000);
    for (uint64_t number = first; number < first + 3; ++number)
        text += "\"" + std::string(headline(number)) + "\"" + (number < first + 2 ? ",\n" : "\n]\n");
    return text;
}

} // namespace

Answer News::answer(const Question& question, Milliseconds elapsed) {
    Answer answer;
    if (question.path == "/health") {
        answer = m_health.answer(question, elapsed);
    } else if (question.method != http::Method::Get && question.method != http::Method::Head) {
        answer.status = 405;
        answer.fields.emplace_back("Allow", "GET, HEAD");
    } else if (question.path == "/stream") {
        answer.fields = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
        answer.isEventStream = true;
    } else if (question.path == "/" || question.path == "/headlines") {
        answer.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "max-age=5"}};
        answer.body = listText(elapsed);
        answer.delay = Milliseconds(20);
    } else {
        answer.status = 404;
        answer.fields = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}};
        answer.body = "There is nothing here; look at /headlines or /stream.\n";
    }
    answer.fields.emplace_back("X-Served-By", "news");
    if (!answer.isEventStream)
        tagAnswer(question, answer);
    return answer;
}

std::string News::event(uint64_t number) const {
    return "event: headline\nid: " + std::to_string(number) + "\ndata: " + std::string(headline(number)) + "\n\n";
}

} // namespace reverxy::demo
