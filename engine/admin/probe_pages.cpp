// SPDX-License-Identifier: MIT
#include "admin/probe_pages.h"

#include "admin/metrics_writer.h"

#include <utility>

namespace reverxy::admin {

struct ProbePages::Waiting {
    std::vector<Reply> replies;
    bool collecting = false;
};

ProbePages::ProbePages(ProbeSource& source) : m_source(source), m_waiting(std::make_shared<Waiting>()) {}

ProbePages::~ProbePages() = default;

void ProbePages::ask(const http::RequestHead& head, const IpAddress& reached, Reply reply) {
    auto chosen = choosePage(head, m_source.ownHosts(), reached);
    if (Answer* const refusal = std::get_if<Answer>(&chosen))
        return reply(std::move(*refusal));
    switch (std::get<Page>(chosen)) {
    case Page::Live:
        return reply(liveAnswer(m_source.draining()));
    case Page::Ready:
        return reply(readyAnswer(m_source.readiness()));
    case Page::Metrics:
        return awaitMetrics(std::move(reply));
    }
}

void ProbePages::awaitMetrics(Reply reply) {
    if (m_waiting->replies.size() >= waitingLimit)
        return reply(sentence(503, "Too many ask for the metrics at once; ask again."));
    m_waiting->replies.push_back(std::move(reply));
    if (std::exchange(m_waiting->collecting, true))
        return; // one collection for all who wait
    m_source.collectMetrics([weak = std::weak_ptr(m_waiting)](std::optional<std::string> text) {
        const auto waiting = weak.lock();
        if (!waiting)
            return;
        waiting->collecting = false;
        const Answer answer = text ? Answer{200, MetricsWriter::contentType, std::move(*text), {}}
                                   : sentence(503, "The workers have ended; there is nothing left to count.");
        for (const Reply& each : std::exchange(waiting->replies, {}))
            each(answer);
    });
}

Answer malformedAnswer(http::ParseError error) {
    return sentence(infoOf(http::failureOfRequest(error)).status, std::string(http::sentenceOf(error)));
}

} // namespace reverxy::admin
