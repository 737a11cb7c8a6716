import t from 'tap'
import { readConfig } from '../../config/config.ts'

t.test(
  'what is wrong with a proxy is told with an example, and without its password',
  async (t) => {
    const wrong = {
      HTTP_PROXY: 'proxy.example.com',
      HTTPS_PROXY: 'ftp://me:s3cret@proxy.example.com',
    }
    t.throws(() => readConfig(wrong), {
      message:
        /^HTTP_PROXY: "proxy\.example\.com" is not .* http:\/\/proxy\.example\.com:3128.*\nHTTPS_PROXY: its value/,
    })
    t.throws(() => readConfig(wrong), { message: /^(?!.*s3cret)/s })
  },
)
