// SPDX-License-Identifier: MIT
#include "app/demo/health_cycle.h"

namespace reverxy::demo {

bool HealthCycle::isWell(Milliseconds elapsed) const {
    if (m_held)
        return *m_held;
    return m_period.count() == 0 || elapsed % m_period < m_period - m_illness;
}

Answer HealthCycle::answer(const Question& question, Milliseconds elapsed) {
    Answer answer;
    answer.fields = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}};
    if (question.method == http::Method::Put) {
        if (question.body == "up" || question.body == "down")
            m_held = question.body == "up";
        else if (question.body == "auto")
            m_held.reset();
        else {
            answer.status = 400;
            answer.body = "The body is one of: up, down, auto\n";
            return answer;
        }
    } else if (question.method != http::Method::Get && question.method != http::Method::Head) {
        answer.status = 405;
        answer.fields.emplace_back("Allow", "GET, HEAD, PUT");
        return answer;
    }
    const bool well = isWell(elapsed);
    // The one who changes it is told what it is now; only the question how it is fails.
    if (!well && question.method != http::Method::Put)
        answer.status = 503;
    answer.body = well ? "up\n" : "down\n";
    return answer;
}

} // namespace reverxy::demo
