// SPDX-License-Identifier: MIT
#pragma once

#include <QLabel>
#include <QToolButton>
#include <QWidget>

namespace reverxy::ui {

/// What is wrong and what would put it right, across the window, as long as it is so. Hidden without a text.
class MessageStrip : public QWidget {
    Q_OBJECT
  public:
    explicit MessageStrip(QWidget* parent = nullptr);

    /// `dismissible`: it tells of something past, which the user may put away.
    void setMessage(const QString& text, bool dismissible);

    QString message() const { return m_text->text(); }

  Q_SIGNALS:
    void dismissed();

  protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* m_text;
    QToolButton* m_dismiss;
};

} // namespace reverxy::ui
